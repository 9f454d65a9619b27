import { parseDtype, parseMomentum, parseNumber, parseRow, parseWord } from '../../cases/axes.ts';
import { type LayerConfig, type Layout, layouts, type Route, routes } from '../../cases/case.ts';
import { didYouMean } from '../../spec/did-you-mean.ts';
import { UserError } from '../../spec/user-error.ts';

/** What `--set` says of the layer and of the call; channels and, unless it is set, the type come from the data. */
export interface Settings extends Omit<LayerConfig, 'numFeatures' | 'dtype' | 'frozen'> {
  readonly dtype: LayerConfig['dtype'] | null;
  readonly route: Route;
  readonly layout: Layout;
}

/** Words that `--set` takes. */
export const settingNames = ['eps', 'momentum', 'affine', 'statistics', 'dtype', 'route', 'layout'] as const;
type SettingName = (typeof settingNames)[number];

/** What frameworks call the same. */
const foreign: Readonly<Record<string, SettingName>> = {
  epsilon: 'eps', track_running_stats: 'statistics', use_batch_statistics: 'statistics', use_running_average: 'statistics', type: 'dtype', memory_format: 'layout',
};

/**
 * Settings in canonical form: `eps=1e-3`, `momentum=0.1` or `momentum=cumulative`.
 *
 * @throws {UserError} SETTING_UNKNOWN, AXIS_VALUE, SETTING_OUTSIDE
 */
export function parseSettings(raw: Readonly<Record<string, string>>): Settings {
  const stray = Object.keys(raw).find((name) => !settingNames.some((known) => known === name));
  if (stray !== undefined) throw unknownSetting(stray);
  const of = (name: SettingName, fallback: string): string => raw[name] ?? fallback;
  const settings = {
    eps: parseNumber('eps', of('eps', '1e-5')), momentum: parseMomentum(of('momentum', '0.1')), affine: parseWord('affine', of('affine', 'true').toLowerCase(), ['true', 'false']) === 'true',
    statistics: parseRow(of('statistics', 'tracked')), dtype: raw['dtype'] === undefined ? null : parseDtype(raw['dtype']),
    route: parseWord('route', of('route', 'module'), routes), layout: parseWord('layout', of('layout', 'contiguous'), layouts),
  };
  if (!(settings.eps > 0)) throw outside('eps', of('eps', ''), 'a number above 0');
  if (settings.momentum !== null && !(settings.momentum >= 0 && settings.momentum <= 1)) throw outside('momentum', of('momentum', ''), 'the weight of the new batch, from 0 to 1');
  if (settings.layout === 'expanded') throw outside('layout', 'expanded', 'a layout that any data can take; an expanded tensor repeats one sample');
  return settings;
}

function unknownSetting(name: string): UserError {
  const same = foreign[name.toLowerCase()];
  const near = same === undefined ? didYouMean(name, settingNames) : `did you mean '${same}'? `;
  const why = name === 'numFeatures' || name === 'num_features' ? 'channels come from axis 1 of the input; ' : '';
  return new UserError('SETTING_UNKNOWN', `--set names '${name}', which is no parameter`, `${near}${why}the parameters are: ${settingNames.join(', ')}; momentum is the weight of the new batch (MindSpore's 0.9 is 0.1)`);
}

function outside(name: SettingName, value: string, expected: string): UserError {
  return new UserError('SETTING_OUTSIDE', `--set ${name}=${value}`, `expected ${expected}`);
}
