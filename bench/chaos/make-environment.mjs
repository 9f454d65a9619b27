/** A process that makes an environment, to be killed: `make-environment.mjs HOME FILE [suspect]`. Prints the folder and whether it made it. */
import { argv, stdout } from 'node:process';
import { ensureEnvironment } from '../built.mjs';

const [, , home = '', file = '', suspect] = argv;
const { folder, created } = await ensureEnvironment({ runner: 'toy', version: '1.0', file }, { home, onProgress: () => {}, suspect: suspect !== undefined });
stdout.write(JSON.stringify({ folder, created }));
