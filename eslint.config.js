import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const onlyInIndexLoops = 'TSNonNullExpression:not([expression.type="MemberExpression"][expression.computed=true])';
const processMessage = 'the library never touches process: take what you need as an argument from src/cli';

const syntaxRules = [
  { selector: onlyInIndexLoops, message: '! only on an indexed element, in index loops' },
  { selector: 'ExportDefaultDeclaration', message: 'no default exports but in config files' },
  { selector: 'ExportAllDeclaration', message: 'no barrels' },
  { selector: 'TSEnumDeclaration', message: 'unions of words instead of enums' },
];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'reports/latest/', 'src/spec/generated/', 'runners/'] },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 15],
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 40],
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-restricted-globals': ['error', { name: 'process', message: processMessage }],
      'no-restricted-imports': ['error', { paths: [{ name: 'node:process', message: processMessage }, { name: 'process', message: processMessage }] }],
      'no-restricted-syntax': ['error', ...syntaxRules],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // index loops over typed arrays need it; no-restricted-syntax above keeps it to indexed elements
      '@typescript-eslint/no-non-null-assertion': 'off',
      // a callback of one expression reads better without braces, and so does a guard that ends in a call
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      // () => {} is the plain form of "do nothing"
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // an empty text from outside (a variable, a message) counts as absent, which ?? cannot say
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // numbers print as they are; everything else must be turned into text on purpose
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // a loop that ends from within is the plain form for a stream
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
    },
  },
  {
    // variables that configure pip and the runners, a name for a draft, and signals: nobody else has them
    files: ['src/environments/{ensure,holder,marker,orphans}.ts', 'src/runners/{exchange-folder,process-group}.ts', 'src/runners/start-process.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' },
  },
  {
    // the one folder that speaks for the process, and programs that are not the library
    files: ['src/cli/**', 'tools/**', 'bench/**'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' },
  },
  {
    // what a hostile input costs, and how many are asked, is read from the process
    files: ['src/tensor/hostile.fixture.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' },
  },
  { files: ['tools/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.test.ts'],
    rules: {
      // a test of the surroundings reads them; a describe block is long because it holds tests
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
      'max-lines-per-function': 'off',
    },
  },
  {
    // markup is long; a component is one sentence of it
    files: ['reports/page/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', 60] },
  },
  {
    // JSDoc types cannot state what these rules ask for without casts that say nothing
    files: ['**/*.mjs', '**/*.js'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  { files: ['*.config.ts', '*.config.js', 'reports/page/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
