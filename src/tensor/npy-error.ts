/** A file that is no array of numbers that this tool reads, and what to do about it. */
export class NpyError extends RangeError {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'NpyError';
    this.hint = hint;
  }
}
