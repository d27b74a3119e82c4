import type { Language } from './model.js';

/** An exception as a service's runtime prints it. The message may hold placeholders such as `{order}`. */
export interface ShopException {
  readonly type: string;
  readonly message: string;
  /** Innermost frame first. */
  readonly frames: readonly string[];
  readonly language: Language;
}

/** The stack trace in the form of the language's runtime, which is what error tools must recognise. */
export function stackTrace(exception: ShopException, message: string): string {
  const { type, frames, language } = exception;
  switch (language) {
    case 'java':
      return [`${type}: ${message}`, ...frames.map((frame) => `\tat ${frame}`)].join('\n');
    case 'node':
      return [`${type}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
    case 'python':
      return [
        'Traceback (most recent call last):',
        ...[...frames].reverse().map((frame) => `  File ${frame}`),
        `${type}: ${message}`,
      ].join('\n');
    case 'go':
      return [`panic: ${message}`, '', 'goroutine 4711 [running]:', ...frames].join('\n');
  }
}

/** The frames that every request of a service passes, outermost last. */
export const serverFrames: Readonly<Record<Language, readonly string[]>> = {
  java: [
    'org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:255)',
    'org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)',
    'org.apache.tomcat.util.threads.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1190)',
    'java.base/java.lang.Thread.run(Thread.java:1583)',
  ],
  node: [
    'process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    'async handle (file:///app/dist/server.js:64:20)',
  ],
  python: [
    '"/app/service/server.py", line 88, in dispatch\n    response = await handler(request)',
    '"/usr/lib/python3.12/asyncio/runners.py", line 118, in run\n    return self._loop.run_until_complete(task)',
  ],
  go: [
    'net/http.HandlerFunc.ServeHTTP(0xc00012e3f0, {0x9f2e60, 0xc0004b2000}, 0xc0003b4000)',
    '\t/usr/local/go/src/net/http/server.go:2220 +0x29',
    'net/http.(*conn).serve(0xc0001c8120, {0x9f3a88, 0xc0000a6e70})',
    '\t/usr/local/go/src/net/http/server.go:2092 +0x5d0',
  ],
};
