import { fileURLToPath } from 'node:url';

/** Folder that holds `spec/`, `cases/` and `runners/`; the same from `src/spec` and from `dist/spec`. */
export const packageRoot: string = fileURLToPath(new URL('../..', import.meta.url));
