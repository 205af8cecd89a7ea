/** The files of this folder as scripts/build.js bundles them: the script with its decoder inside. */
declare module '#sign-in-page' {
  const page: { readonly html: string; readonly style: string; readonly script: string };
  export default page;
}
