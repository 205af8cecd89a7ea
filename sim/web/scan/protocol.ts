/** What the page and the worker that reads QR codes say to each other. */

export interface ReadRequest {
  readonly id: number;
  /** Given away with the request. */
  readonly bitmap: ImageBitmap;
  /** Milliseconds; as long as it takes if absent. */
  readonly timeLimit: number | undefined;
}

export interface ReadAnswer {
  readonly id: number;
  readonly text: string | undefined;
}
