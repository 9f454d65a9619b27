/** Id of a rule of spec/rules.json, such as `BN-STATE-03`. */
export type RuleId = `BN-${string}-${string}`;
