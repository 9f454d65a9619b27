/**
 * Arguments of a constructor besides the canonical ones, one at a time. Few frameworks have each; of the others the adapter says so.
 *
 *     initial-names, -numbers, -objects   all four initial values given as names, numbers or initialiser objects
 *     gamma-init-…, beta-, mean-, variance-   one of them given as a name that nobody has, the name of one for matrices, a tensor of C + 1 values, a list
 *     format-own, -channels-last, -unknown    the order of axes that the layers have, another, and one that does not exist
 *     device-meta             made without memory, on the device of that name, then given some and reset as the framework says: a fresh layer
 *     device-cpu, device-unknown, dtype-text, statistics-number, statistics-text   a device, and words where a type or a truth value belongs
 *     groups-none, -own, -tuple, -twice, -outside, -flat   the processes that a synchronised layer spans
 */
export const options = [
  'initial-names', 'initial-numbers', 'initial-objects',
  'gamma-init-unknown', 'gamma-init-matrix', 'gamma-init-long', 'gamma-init-list', 'beta-init-unknown', 'beta-init-matrix', 'beta-init-long', 'beta-init-list',
  'mean-init-unknown', 'mean-init-matrix', 'mean-init-long', 'mean-init-list', 'variance-init-unknown', 'variance-init-matrix', 'variance-init-long', 'variance-init-list',
  'format-own', 'format-channels-last', 'format-unknown', 'device-cpu', 'device-meta', 'device-unknown', 'dtype-text', 'statistics-number', 'statistics-text',
  'groups-none', 'groups-own', 'groups-tuple', 'groups-twice', 'groups-outside', 'groups-flat',
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
