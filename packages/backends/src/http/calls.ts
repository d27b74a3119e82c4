import { setMaxListeners } from 'node:events';
import { ToolError } from '@devops-mcp/contract';
import type { Agents } from './agent.js';
import { circuit } from './circuit.js';
import { exchange, type OpenAnswer } from './exchange.js';
import type { HttpRequest, HttpTarget } from './http-client.js';
import { leftAlone, ofWrite, tooLate, tooMany } from './http-errors.js';
import { outcomeOf } from './problems.js';
import { repeated } from './repeated.js';
import type { Resilience } from './resilience.js';
import { slots } from './slots.js';
import { type TimeLimit, timeLimit } from './time-limit.js';

const defaultTimeoutMs = 15_000;

/** An answer whose body has yet to be read. Who reads it frees the slot in any case, and ends the limit when all is read. */
export interface Asked {
  readonly answer: OpenAnswer;
  readonly limit: TimeLimit;
  readonly free: () => void;
}

/** The calls to one system: bounded in number, tried again where that changes nothing, left off while it is unwell. */
export interface Calls {
  ask<T>(request: HttpRequest, read: (asked: Asked) => Promise<T>): Promise<T>;
  close(): void;
}

export function callsOf(target: HttpTarget, agents: Agents, resilience: Resilience): Calls {
  const { parallel, longestQueue, failuresToOpen, openMs, now } = resilience;
  const room = slots(parallel, longestQueue, () => tooMany(target));
  const breaker = circuit(failuresToOpen, openMs, now);
  const closing = new AbortController();
  // Every call under way listens to it, those in the queue included; more than ten are no leak.
  setMaxListeners(0, closing.signal);

  const attempt = async (agent: Agents['kept'], request: HttpRequest, limit: TimeLimit): Promise<Asked> => {
    const free = await room.take(limit.signal);
    try {
      const answer = await exchange(target, agent, request, limit);
      return { answer, limit, free };
    } catch (error) {
      free();
      throw error;
    }
  };
  return {
    ask: async (request, read) => {
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      const reads = onlyReads(request);
      const limit = timeLimit([request.signal, closing.signal], timeoutMs, () => tooLate(target, timeoutMs));
      const entry = breaker.enter();
      if ('closedForMs' in entry) {
        limit.end();
        throw leftAlone(target, failuresToOpen, entry.closedForMs);
      }
      const once = async (number: number) => {
        const agent = reads && number === 1 ? agents.kept : agents.fresh;
        return read(await attempt(agent, request, limit));
      };
      try {
        const result = reads ? await repeated(once, limit, resilience) : await once(1);
        entry.report('answered');
        return result;
      } catch (error) {
        limit.end();
        entry.report(request.signal.aborted ? 'cancelled' : outcomeOf(error));
        throw reads ? error : ofWrite(error);
      }
    },
    close: () => {
      closing.abort(new ToolError('unavailable', `The connection to ${target.system} was closed here.`));
      agents.close();
    },
  };
}

/** True where asking twice is the same as asking once. */
export function onlyReads({ method = 'GET', reads }: HttpRequest): boolean {
  return method === 'GET' || reads === true;
}
