/** `run --suite core` less the cases that need a compiled cell or processes of their own, which the command line has no word for. */
import { argv, env } from 'node:process';
import { harnessHome, isCostly, loadPlan, runPlan } from './built.mjs';

const [, , out = ''] = argv;
const plan = loadPlan('core');
const cases = plan.cases.filter((one) => !isCostly(one));
const options = { suite: 'core', runners: [], python: {}, select: ['**'], out, strict: false, jobs: 2, threads: 1, device: 'cpu', timeLimitMs: 60_000, home: harnessHome(env), command: 'bench' };
await runPlan({ ...plan, cases }, options, { stage: () => {}, progress: () => {} }, new AbortController().signal);
