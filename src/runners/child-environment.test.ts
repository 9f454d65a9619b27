import { describe, expect, it } from 'vitest';
import { childEnvironment } from './child-environment.ts';

describe('variables of a runner', () => {
  it('what decides programs, devices and threads is handed on, the rest is not', () => {
    const own = { PATH: '/bin', LC_ALL: 'C', OMP_NUM_THREADS: '2', CUDA_VISIBLE_DEVICES: '0', PYTHONPATH: '/mine', SECRET_TOKEN: 'x', NODE_OPTIONS: '-i' };
    const given = childEnvironment(own);
    expect(Object.keys(given).filter((name) => !name.startsWith('PYTHON'))).toEqual(['PATH', 'LC_ALL', 'OMP_NUM_THREADS', 'CUDA_VISIBLE_DEVICES']);
    expect(given['PYTHONPATH']).toBeUndefined();
    expect(given['PYTHONFAULTHANDLER']).toBe('1');
  });

  it('BN_CONFORMANCE_ENV lists others, by name or by the beginning of a name', () => {
    const own = { PATH: '/bin', HCCL_IF: 'eth0', HCCL_PORT: '1', MY_LICENCE: 'a', MY_LICENCE_KEY: 'b', SECRET_TOKEN: 'x', PYTHONHASHSEED: '7' };
    const given = (list: string) => Object.keys(childEnvironment({ ...own, BN_CONFORMANCE_ENV: list })).filter((name) => !name.startsWith('PYTHON'));
    expect(given('HCCL_*, MY_LICENCE')).toEqual(['PATH', 'HCCL_IF', 'HCCL_PORT', 'MY_LICENCE']);
    expect(given('')).toEqual(['PATH']);
    expect(given('*')).toEqual(['PATH']); // everything is no list
    expect(childEnvironment({ ...own, BN_CONFORMANCE_ENV: 'PYTHONHASHSEED' })['PYTHONHASHSEED']).toBe('0'); // what makes runs alike stays
  });

  it('extra ones come last, and undefined removes', () => {
    const given = childEnvironment({ PATH: '/bin', HOME: '/home' }, { PATH: '/mine', HOME: undefined, PYTHONPATH: '/build' });
    expect(given).toMatchObject({ PATH: '/mine', PYTHONPATH: '/build' });
    expect(given).not.toHaveProperty('HOME');
  });
});
