/** What the proxy does with one request instead of handing it on. */
export type Fault =
  /** Hands the request on after a while. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Hands the request on, which the system does, and resets instead of giving its answer. */
  | { readonly kind: 'lost-answer' }
  /** Takes the request and says nothing. */
  | { readonly kind: 'silence' }
  /** A TCP reset, before the head of the answer or in the middle of a body. */
  | { readonly kind: 'reset'; readonly when: 'before-head' | 'in-body' }
  /** Ends in the middle: fewer bytes than `content-length` says, or chunks without the last one. */
  | { readonly kind: 'truncated'; readonly framing: 'content-length' | 'chunked' }
  | { readonly kind: 'malformed'; readonly body: MalformedBody }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Seconds or an HTTP date, as it stands in the header. */
      readonly retryAfter?: string;
      /** Instead of a JSON error with canaries. */
      readonly body?: string;
    }
  /** The body comes byte by byte and never ends. */
  | { readonly kind: 'trickle'; readonly everyMs: number }
  /** The body comes as fast as it is read and never ends. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  | { readonly kind: 'huge-headers'; readonly bytes: number };

export type MalformedBody =
  | 'text'
  | 'wrong-shape'
  | 'login-page'
  | 'empty'
  /** Says gzip and is plain text. */
  | 'false-gzip'
  /** Says an encoding that was never asked for. */
  | 'unknown-encoding'
  /** 16 MiB of one JSON string in some kilobytes. */
  | 'gzip-bomb';

/** A rule without `method` or `path` matches every request. The first rule that matches decides. */
export interface FaultRule {
  readonly method?: string;
  /** Part of the path, or a pattern on path and query. */
  readonly path?: string | RegExp;
  /** Only the nth request that this rule matches, from 1; every one when absent. */
  readonly nth?: number | readonly number[];
  readonly fault: Fault;
}
