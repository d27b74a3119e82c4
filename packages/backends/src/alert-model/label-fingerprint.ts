const prime = 1_099_511_628_211n;
const offsetBasis = 14_695_981_039_346_656_037n;
const mask = (1n << 64n) - 1n;
const separator = 255;

/**
 * The fingerprint that Prometheus and Alertmanager give a label set: FNV-1a, 64 bit, over names and
 * values in order of name, each followed by the byte 255; 16 hexadecimal digits.
 * Older Alertmanagers do not send it.
 */
export function labelFingerprint(labels: Readonly<Record<string, string>>): string {
  let hash = offsetBasis;
  for (const name of Object.keys(labels).sort()) {
    hash = addByte(addText(hash, name), separator);
    hash = addByte(addText(hash, labels[name] ?? ''), separator);
  }
  return hash.toString(16).padStart(16, '0');
}

function addText(hash: bigint, text: string): bigint {
  return Buffer.from(text, 'utf8').reduce(addByte, hash);
}

function addByte(hash: bigint, byte: number): bigint {
  return ((hash ^ BigInt(byte)) * prime) & mask;
}
