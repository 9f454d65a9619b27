import { describe, expect, it } from 'vitest';
import { bundle, type Schema } from './json-schema-bundle.mjs';

const shape: Schema = { $id: 'schemas/shape', title: 'Shape', definitions: { extent: { type: 'integer' }, shape: { type: 'array', items: { $ref: '#/definitions/extent' } } } };

function all(...schemas: readonly Schema[]): ReadonlyMap<string, Schema> {
  return new Map(schemas.map((schema) => [schema.$id, schema]));
}

describe('a bundled schema', () => {
  it('holds what it refers to in another, and what that refers to', () => {
    const tensor: Schema = { $id: 'schemas/tensor', title: 'Tensor', properties: { shape: { $ref: 'shape#/definitions/shape' } } };
    expect(bundle(tensor, all(shape, tensor))).toEqual({
      ...tensor,
      properties: { shape: { $ref: '#/definitions/shape' } },
      definitions: { extent: { type: 'integer' }, shape: { type: 'array', items: { $ref: '#/definitions/extent' } } },
    });
  });

  it('finds references inside its own definitions too', () => {
    const tensor: Schema = { $id: 'schemas/tensor', title: 'Tensor', definitions: { pair: { $ref: 'shape#/definitions/extent' } } };
    expect(bundle(tensor, all(shape, tensor)).definitions).toEqual({ extent: { type: 'integer' }, pair: { $ref: '#/definitions/extent' } });
  });

  it('refuses a reference to nothing', () => {
    const tensor: Schema = { $id: 'schemas/tensor', title: 'Tensor', items: { $ref: 'schemas/shape#/definitions/shape' } };
    expect(() => bundle(tensor, all(shape, tensor))).toThrow("schemas/tensor refers to 'schemas/shape#/definitions/shape', which does not exist");
  });

  it('refuses one name for two definitions', () => {
    const tensor: Schema = { $id: 'schemas/tensor', title: 'Tensor', items: { $ref: 'shape#/definitions/extent' }, definitions: { extent: { type: 'string' } } };
    expect(() => bundle(tensor, all(shape, tensor))).toThrow("schemas/tensor and schemas/shape both define 'extent'");
  });
});
