/** A damaged header may be long, and a message quotes it. */
const mostCharacters = 1000;

/** A file that is no array of numbers that this tool reads, and what to do about it. */
export class NpyError extends RangeError {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message.length > mostCharacters ? `${message.slice(0, mostCharacters)}…` : message);
    this.name = 'NpyError';
    this.hint = hint;
  }
}
