import type { Language, ShopService } from '../company/model.js';

/** Where a service keeps the code that its stack traces name. */
const mainFiles: Readonly<Record<string, string>> = {
  web: 'src/pages.js',
  checkout: 'src/totals.js',
  'payments-api': 'src/main/java/com/example/payments/ChargeService.java',
  'fraud-check': 'src/service/scores.py',
  orders: 'src/main/java/com/example/orders/OrderRepository.java',
  inventory: 'src/stock/stock.go',
  catalogue: 'src/product/product.go',
  search: 'src/service/search.py',
  recommendations: 'src/service/ranking.py',
  users: 'src/account/account.go',
  shipping: 'src/shipments.js',
  notifications: 'src/order-mails.js',
};

export function sourcePath(service: ShopService): string {
  return `services/${service.name}/${mainFiles[service.name] ?? 'src/main.txt'}`;
}

export function renderSource(service: ShopService, version: string, pieces: readonly string[]): string {
  const file = mainFiles[service.name] ?? '';
  const subject = file.split('/').at(-1)?.split('.')[0] ?? service.name;
  const body = pieces.join('');
  switch (service.language) {
    case 'java':
      return `package ${file.split('/').slice(3, -1).join('.')};\n\n/** Part of ${service.name}. */\npublic final class ${subject} {\n    static final String VERSION = "${version}";\n${body}}\n`;
    case 'go':
      return `// Package ${file.split('/').at(-2)} is part of ${service.name}.\npackage ${file.split('/').at(-2)}\n\nconst version = "${version}"\n${body}`;
    case 'node':
      return `// Part of ${service.name}.\nexport const version = '${version}';\n${body}`;
    case 'python':
      return `"""Part of ${service.name}."""\n\nVERSION = "${version}"\n${body}`;
  }
}

export interface Feature {
  readonly title: string;
  readonly code: Readonly<Record<Language, string>>;
}

/** Small pieces of work that make up the history of every service. */
export const features: readonly Feature[] = [
  feature('keep quantities between 1 and 99', 'clampQuantity', 'quantity', {
    java: 'Math.max(1, Math.min(99, quantity))',
    go: 'min(99, max(1, quantity))',
    node: 'Math.max(1, Math.min(99, quantity))',
    python: 'max(1, min(99, quantity))',
  }),
  feature('round totals to whole minor units', 'roundMinor', 'amount', {
    java: '(int) Math.round(amount / 100.0) * 100',
    go: '(amount + 50) / 100 * 100',
    node: 'Math.round(amount / 100) * 100',
    python: 'round(amount / 100) * 100',
  }),
  feature('wait longer between attempts', 'backoffMs', 'attempt', {
    java: 'Math.min(2_000, 50 << attempt)',
    go: 'min(2000, 50<<attempt)',
    node: 'Math.min(2_000, 50 * 2 ** attempt)',
    python: 'min(2000, 50 * 2 ** attempt)',
  }),
  feature('limit the size of a page', 'pageSize', 'wanted', {
    java: 'Math.min(100, Math.max(1, wanted))',
    go: 'min(100, max(1, wanted))',
    node: 'Math.min(100, Math.max(1, wanted))',
    python: 'min(100, max(1, wanted))',
  }),
  feature('spread work over eight buckets', 'bucketOf', 'id', {
    java: 'Math.floorMod(id, 8)',
    go: 'id % 8',
    node: 'id % 8',
    python: 'id % 8',
  }),
  feature('count whole minutes', 'wholeMinutes', 'seconds', {
    java: '(seconds + 59) / 60',
    go: '(seconds + 59) / 60',
    node: 'Math.ceil(seconds / 60)',
    python: '-(-seconds // 60)',
  }),
  feature('count full boxes', 'boxesFor', 'items', {
    java: '(items + 11) / 12',
    go: '(items + 11) / 12',
    node: 'Math.ceil(items / 12)',
    python: '-(-items // 12)',
  }),
  feature('show stars from 0 to 5', 'starsOf', 'percent', {
    java: 'Math.round(percent / 20f)',
    go: '(percent + 10) / 20',
    node: 'Math.round(percent / 20)',
    python: 'round(percent / 20)',
  }),
  feature('keep caches for at least ten seconds', 'cacheSeconds', 'wanted', {
    java: 'Math.max(10, wanted)',
    go: 'max(10, wanted)',
    node: 'Math.max(10, wanted)',
    python: 'max(10, wanted)',
  }),
  feature('add value added tax to prices', 'grossOf', 'net', {
    java: 'net * 119 / 100',
    go: 'net * 119 / 100',
    node: 'Math.floor((net * 119) / 100)',
    python: 'net * 119 // 100',
  }),
  feature('treat negative delays as none', 'delayOf', 'delay', {
    java: 'Math.max(0, delay)',
    go: 'max(0, delay)',
    node: 'Math.max(0, delay)',
    python: 'max(0, delay)',
  }),
];

function feature(
  title: string,
  name: string,
  parameter: string,
  expressions: Readonly<Record<Language, string>>,
): Feature {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    title,
    code: {
      java: `\n    static int ${name}(int ${parameter}) {\n        return ${expressions.java};\n    }\n`,
      go: `\nfunc ${name}(${parameter} int) int {\n\treturn ${expressions.go}\n}\n`,
      node: `\nexport function ${name}(${parameter}) {\n  return ${expressions.node};\n}\n`,
      python: `\n\ndef ${snake}(${parameter}):\n    return ${expressions.python}\n`,
    },
  };
}
