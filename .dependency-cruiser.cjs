const order = ['tensor', 'spec', 'cases', 'reference', 'accept', 'environments', 'runners', 'diff', 'gate', 'reports', 'verbs', 'cli'];

const leftward = order.slice(0, -1).map((folder, index) => ({
  name: `order-${folder}`,
  comment: `a source folder imports only from folders to its left in ${order.join(' → ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${order.slice(index + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...leftward,
    {
      name: 'known-folders',
      comment: 'a source file lies in one of the ordered folders; there is no other',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${order.join('|')})/` },
    },
    { name: 'known-folders-importer', severity: 'error', from: { path: '^src/', pathNot: `^src/(${order.join('|')})/` }, to: {} },
    { name: 'no-cycles', comment: 'types count too', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'oracle-is-independent',
      comment: 'the oracle shares no code with the reference that it checks, nor with anything else of ours: types at most',
      severity: 'error',
      from: { path: '^src/reference/oracle/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: '^src/reference/oracle/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'no-development-packages',
      comment: 'what is published runs without development packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.(test|fixture)\\.ts$|^src/spec/generated/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
