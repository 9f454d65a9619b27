/**
 * Arguments of a constructor besides the canonical ones, one at a time. Few frameworks have each; of the others the adapter says so.
 *
 *     initial-names, -numbers, -objects   all four initial values given as names, numbers or initialiser objects
 *     gamma-init-…, beta-, mean-, variance-   one of them given as a name that nobody has, the name of one for matrices, a tensor of C + 1 values, a list
 *     gamma-init-orthogonal, -identity, -sparse, -dirac   the names of initialisers that are for more axes than one, or want an argument
 *     initial-drawn           all four given as names that draw; the values of the case are set afterwards
 *     buffers-shared, buffers-strided   the initial values lie in one buffer, one after the other, or element by element in turn
 *     arguments-none          num_features alone: everything else is the framework's default
 *     eps-integer             ε as a whole number, which it is; the others below are what no such argument can be
 *     eps-text, momentum-text, momentum-none, affine-number, affine-text, features-text, features-true, features-whole   in place of the canonical ones
 *     format-own, -channels-last, -unknown    the order of axes that the layers have, another, and one that does not exist
 *     device-meta             made without memory, on the device of that name, then given some and reset as the framework says: a fresh layer
 *     device-cpu, device-unknown, dtype-text, -integer, -none, statistics-number, statistics-text   a device, and words where a type or a truth value belongs
 *     groups-none, -own, -tuple, -twice, -outside, -flat, -pairs   the processes that a synchronised layer spans; in pairs, ranks 0 and 1, and 2 and 3
 *     kernels-own, kernels-named, kernels-alone   in processes that have joined each other, with no kernel but the framework's: over all of them, over a group by name; a process that has joined itself alone
 */
export const options = [
  'initial-names', 'initial-numbers', 'initial-objects', 'initial-drawn', 'buffers-shared', 'buffers-strided', 'arguments-none',
  'gamma-init-unknown', 'gamma-init-matrix', 'gamma-init-long', 'gamma-init-list', 'gamma-init-orthogonal', 'gamma-init-identity', 'gamma-init-sparse', 'gamma-init-dirac',
  'beta-init-unknown', 'beta-init-matrix', 'beta-init-long', 'beta-init-list',
  'mean-init-unknown', 'mean-init-matrix', 'mean-init-long', 'mean-init-list', 'variance-init-unknown', 'variance-init-matrix', 'variance-init-long', 'variance-init-list',
  'format-own', 'format-channels-last', 'format-unknown', 'device-cpu', 'device-meta', 'device-unknown', 'dtype-text', 'dtype-integer', 'dtype-none', 'statistics-number', 'statistics-text',
  'eps-integer', 'eps-text', 'momentum-text', 'momentum-none', 'affine-number', 'affine-text', 'features-text', 'features-true', 'features-whole',
  'groups-none', 'groups-own', 'groups-tuple', 'groups-twice', 'groups-outside', 'groups-flat', 'groups-pairs', 'kernels-own', 'kernels-named', 'kernels-alone',
] as const;
export type Option = (typeof options)[number];

/** Initial values that are the same in every channel, so that a name or a number can say them. */
export const uniformInitials = {
  ones: { gamma: 1, beta: 1, running_mean: 1, running_var: 1 },
  swapped: { gamma: 0, beta: 1, running_mean: 1, running_var: 0 },
  even: { gamma: 0.5, beta: -1.5, running_mean: 0.25, running_var: 2 },
} as const;

export const initialWords = ['default', 'distinct', ...Object.keys(uniformInitials)] as readonly InitialWord[];
export type InitialWord = 'default' | 'distinct' | keyof typeof uniformInitials;
