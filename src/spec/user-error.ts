/** A file may hold a word of a million letters, and a message quotes it. */
const mostCharacters = 8000;

/** A problem that the user can mend; the command line prints message and hint and exits with 2. */
export class UserError extends Error {
  /** Name for scripts, such as `PYTHON_NOT_FOUND`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: string, message: string, hint: string, options?: { readonly cause?: unknown }) {
    super(message.length > mostCharacters ? `${message.slice(0, mostCharacters)}…` : message, options);
    this.name = 'UserError';
    this.code = code;
    this.hint = hint;
  }
}
