import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const here = fileURLToPath(new URL('.', import.meta.url));

/** One HTML file without data, which src/reports/page.ts fills. */
export default defineConfig({
  root: here,
  logLevel: 'warn',
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: { outDir: fileURLToPath(new URL('../../dist/page', import.meta.url)), emptyOutDir: true, target: 'es2022', modulePreload: false },
});
