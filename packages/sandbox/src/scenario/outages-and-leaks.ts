import { serverFrames } from '../company/exceptions.js';
import type { ResourceFault } from './model.js';

/** A dependency that does not answer, and a victim that happened to be deployed shortly before. */
export interface Outage {
  readonly resource: string;
  readonly service: string;
  readonly decoy: string;
  readonly fault: ResourceFault;
}

export const outages: readonly Outage[] = [
  {
    resource: 'payment-provider',
    service: 'payments-api',
    decoy: 'checkout',
    fault: {
      share: 0.85,
      afterMs: 3_000,
      status: 504,
      line: 'Provider did not answer payment={payment} after_ms=3000',
      exception: {
        language: 'java',
        type: 'java.net.SocketTimeoutException',
        message: 'Read timed out',
        frames: [
          'java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)',
          'com.example.payments.ProviderClient.charge(ProviderClient.java:83)',
          'com.example.payments.ChargeService.authorise(ChargeService.java:66)',
          ...serverFrames.java,
        ],
      },
    },
  },
  {
    resource: 'orders-db',
    service: 'orders',
    decoy: 'checkout',
    fault: {
      share: 0.9,
      afterMs: 1_000,
      status: 503,
      line: 'Database is not reachable user={user}',
      exception: {
        language: 'java',
        type: 'java.sql.SQLTransientConnectionException',
        message: 'HikariPool-1 - Connection is not available, request timed out after 1000ms',
        frames: [
          'com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)',
          'com.example.orders.OrderRepository.connection(OrderRepository.java:31)',
          ...serverFrames.java,
        ],
      },
    },
  },
  {
    resource: 'session-cache',
    service: 'users',
    decoy: 'web',
    fault: {
      share: 0.8,
      afterMs: 2,
      status: 503,
      line: 'session store failed user={user}',
      exception: {
        language: 'go',
        type: '*net.OpError',
        message: 'dial tcp 10.42.3.17:6379: connect: connection refused',
        frames: [
          'example.com/users/account.(*Sessions).Find(0xc0001a2000, {0x9f3a88, 0xc0000a6e70})',
          '\t/src/account/sessions.go:48 +0x16b',
          ...serverFrames.go,
        ],
      },
    },
  },
];

/** A version that never lets go of what it keeps. */
export interface LeakingVersion {
  readonly service: string;
  readonly version: string;
  readonly title: string;
  readonly body: string;
  readonly source: string;
  readonly config: Readonly<Record<string, string>>;
}

export const leakingVersions: readonly LeakingVersion[] = [
  {
    service: 'recommendations',
    version: '1.19.0',
    title: 'keep features in the process instead of asking the cache each time',
    body: 'Saves a round trip for every candidate.',
    source: `
_features = {}


def features_of(key, load):
    if key not in _features:
        _features[key] = load(key)
    return _features[key]
`,
    config: { FEATURE_CACHE: 'process' },
  },
  {
    service: 'search',
    version: '3.6.0',
    title: 'remember parsed queries',
    body: 'Parsing takes a third of the time of short queries.',
    source: `
_parsed = {}


def parsed(text, parse):
    return _parsed.setdefault(text, parse(text))
`,
    config: { QUERY_CACHE: 'unbounded' },
  },
  {
    service: 'catalogue',
    version: '6.4.0',
    title: 'keep rendered prices in memory',
    body: 'Avoids formatting the same price again.',
    source: `
var rendered = map[string]string{}

func renderedPrice(key string, render func() string) string {
	if text, ok := rendered[key]; ok {
		return text
	}
	rendered[key] = render()
	return rendered[key]
}
`,
    config: { PRICE_CACHE: 'memory' },
  },
];
