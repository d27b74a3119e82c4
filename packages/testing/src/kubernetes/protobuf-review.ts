import type { Fields } from './object.js';

const magic = Buffer.from('k8s\0');
const attributes = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];

/**
 * A `SelfSubjectAccessReview` in the API's protobuf form, which clients in Go send without being asked; undefined for
 * any other body. Field numbers are those of `k8s.io/api/authorization/v1/generated.proto` around
 * `k8s.io/apimachinery/pkg/runtime/generated.proto`.
 */
export function protobufReview(body: Buffer): Fields | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined;
  const unknown = fieldsIn(body.subarray(magic.length));
  const type = fieldsIn(unknown.get(1) ?? Buffer.alloc(0));
  const [apiVersion, kind] = [textOf(type.get(1)), textOf(type.get(2))];
  if (kind !== 'SelfSubjectAccessReview') return undefined;
  const spec = fieldsIn(fieldsIn(unknown.get(2) ?? Buffer.alloc(0)).get(2) ?? Buffer.alloc(0));
  const asked = fieldsIn(spec.get(1) ?? Buffer.alloc(0));
  const entries = attributes.map((name, index) => [name, textOf(asked.get(index + 1))] as const);
  const resourceAttributes = Object.fromEntries(entries.filter(([, value]) => value !== ''));
  return { apiVersion, kind, spec: { resourceAttributes } };
}

function textOf(value: Buffer | undefined): string {
  return value?.toString('utf8') ?? '';
}

/** The length-delimited fields of a message by their number; numbers are stepped over. */
function fieldsIn(message: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let place = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; place < message.length; shift += 7) {
      const byte = message[place] ?? 0;
      place += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (place < message.length) {
    const tag = varint();
    const kind = tag & 7;
    if (kind === 0) varint();
    else if (kind === 2) {
      const length = varint();
      fields.set(tag >>> 3, message.subarray(place, place + length));
      place += length;
    } else break;
  }
  return fields;
}
