/** Errors of the statistics that normalise one channel: δμ, δv and δs (relative error of 1/s). */
export interface ChannelError {
  readonly mean: number;
  readonly variance: number;
  readonly deviation: number;
  /** δv/(σ² + ε) > ½: the variance is not determined to one bit, and nothing that divides by s can be judged. */
  readonly undetermined: boolean;
  /** The bound there: Infinity, or `anything` where ε ≤ 0 leaves it open whether s² is positive. */
  readonly unbounded: number;
  /** A sanctioned intermediate overflows in the working precision. */
  readonly overflows: boolean;
  /** The stored variance keeps its linear bound all the same, so that a cause with a wide bound still predicts something. */
  readonly linear: boolean;
  /** The class holds algorithms that update a mean, which divide by every number up to n. */
  readonly updating: boolean;
}

/** Bounds on the running statistics, [C], accumulated over the steps so far. */
export interface StateError {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** 1 where an earlier variance may have overflowed to infinity. */
  readonly overflowed: Uint8Array;
}
