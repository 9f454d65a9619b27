/* Generated from spec/schemas/behaviours.schema.json by npm run generate. */

/**
 * What can be asked: behaviours, the axes that each declares in the order of the id, and the rules that its cases cite.
 */
export interface BehavioursFile {
  schemaVersion: 1;
  /**
   * @minItems 1
   */
  behaviours: Behaviour[];
}
export interface Behaviour {
  /**
   * <area>/<behaviour>
   */
  behaviour: string;
  title: string;
  /**
   * @minItems 1
   */
  rules: string[];
  /**
   * Further rules that a case cites when all of its listed axes have one of the listed values.
   */
  rulesWhen?: {
    when: Condition;
    /**
     * @minItems 1
     */
    rules: string[];
  }[];
  /**
   * The behaviour expects a result that zero, a constant or the initial value would also satisfy; its cases are never mistrusted.
   */
  expectsConstant?: boolean;
  /**
   * @minItems 1
   */
  axes: Axis[];
}
/**
 * Axis to values; true when every listed axis has one of its values.
 */
export interface Condition {
  /**
   * @minItems 1
   */
  [k: string]: string[];
}
export interface Axis {
  axis:
    | 'program'
    | 'shape'
    | 'ranks'
    | 'features'
    | 'dtype'
    | 'statistics'
    | 'affine'
    | 'momentum'
    | 'eps'
    | 'initial'
    | 'data'
    | 'name'
    | 'route'
    | 'layout'
    | 'input'
    | 'dy'
    | 'option'
    | 'threads'
    | 'capability';
  /**
   * Only for an axis added after the behaviour was first published: the value at which the id leaves it out.
   */
  default?: string;
}
