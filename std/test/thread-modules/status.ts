/** An enum, which bare type stripping refuses. */
export enum Mood {
  Calm = 'calm',
  Cross = 'cross',
}

export class HttpError extends Error {
  override name = 'HttpError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
