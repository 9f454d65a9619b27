const narrow = new WeakMap<Float64Array, Float32Array>();

/** Float64Array of zeros whose values will be those of the float32 array beside it; large tensors travel as that without another pass. */
export function allocateBoth(length: number): { readonly data: Float64Array; readonly float32: Float32Array } {
  const [data, float32] = [new Float64Array(length), new Float32Array(length)];
  narrow.set(data, float32);
  return { data, float32 };
}

/** The same values as float32, where they were written beside these. */
export function float32Beside(data: Float64Array): Float32Array | undefined {
  return narrow.get(data);
}
