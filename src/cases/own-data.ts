/** Name that a run over the user's own data bears where others bear that of their suite. */
export const ownDataSuite = 'own-data';
