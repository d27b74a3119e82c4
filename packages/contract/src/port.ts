declare const api: unique symbol;

/**
 * A port is a small interface in the words of operations, which backends implement.
 * `Read` is what every tool may use; `Write` is reachable only while an approved plan is applied.
 */
export interface Port<Name extends string = string, Read = unknown, Write = unknown> {
  readonly kind: 'port';
  readonly name: Name;
  readonly description: string;
  /** One reading side made of several backends'; a port without it takes one backend. */
  merge?(parts: readonly PortPart<Read>[]): Read;
  /** Carries the two interfaces in the type; absent at run time. */
  readonly [api]?: { readonly read: Read; readonly write: Write };
}

/** The reading side of one of several backends behind a port. */
export interface PortPart<Read> {
  /** What the answer calls it: `use` of the configuration, or its `as`. */
  readonly backend: string;
  readonly api: Read;
  /** True for the backend that carries the write side; plans are asked of it. */
  readonly writes: boolean;
}

export interface OptionalPort<P extends Port = Port> {
  readonly kind: 'optional-port';
  readonly port: P;
}

export type PortSet = Readonly<Record<string, Port | OptionalPort>>;

export type ReadApi<P> = P extends Port<string, infer Read, unknown> ? Read : never;
export type WriteApi<P> = P extends Port<string, unknown, infer Write> ? Write : never;

/** What a tool's `run` and an action's `plan` receive: optional ports may be absent. */
export type ReadPorts<S extends PortSet> = {
  readonly [K in keyof S]: S[K] extends OptionalPort<infer P> ? ReadApi<P> | undefined : ReadApi<S[K]>;
};

/** What an action's `apply` receives. A port without a write side gives its read side. */
export type WritePorts<S extends PortSet> = {
  readonly [K in keyof S]: S[K] extends OptionalPort<infer P>
    ? (ReadApi<P> & WriteApi<P>) | undefined
    : ReadApi<S[K]> & WriteApi<S[K]>;
};

export function definePort<Read, Write = unknown>() {
  return <const Name extends string>(
    name: Name,
    description: string,
    merge?: (parts: readonly PortPart<Read>[]) => Read,
  ): Port<Name, Read, Write> => ({ kind: 'port', name, description, ...(merge ? { merge } : {}) });
}

/** Declares that a tool works without the port and then says what is missing. */
export function optional<P extends Port>(port: P): OptionalPort<P> {
  return { kind: 'optional-port', port };
}

export function portOf(declared: Port | OptionalPort): Port {
  return declared.kind === 'optional-port' ? declared.port : declared;
}
