/** The files of this folder as scripts/build.js bundles them. */
declare module '#token-page' {
  const page: {
    readonly html: string;
    readonly style: string;
    readonly script: string;
    readonly worker: string;
    readonly scanWorker: string;
  };
  export default page;
}
