import type { AnyAction, AnyPrompt, AnyResource, AnyTool } from '@devops-mcp/contract';
import type { RoadAnswer, RoadRequest } from './model.js';
import { executeJourney } from './proposals/execute-proposal.js';
import { cancelJourney, getJourney, listJourney } from './proposals/inspect-proposals.js';
import { proposeJourney } from './proposals/propose-action.js';
import {
  decide,
  identify,
  knownEnvironment,
  refuseWhenDenied,
  refuseWhenSwitchedOff,
} from './road/admission.js';
import { bounded } from './road/answers.js';
import { arrive, turnBack } from './road/arrival.js';
import type { RawAnswer, Road, RoadDependencies } from './road/dependencies.js';
import { permitRead } from './road/permit-read.js';
import * as reads from './road/read-journeys.js';
import { strictInput } from './road/strict-input.js';
import { beginTrip, type Journey, type Produced } from './road/trip.js';

/**
 * Makes the one road. It is a written sequence and not a chain of middleware, because the order is
 * the security property: nobody can register themselves before the audit.
 */
export function createRoad(deps: RoadDependencies): Road {
  const tools = prepared(reads.toolJourney);
  const resources = prepared(reads.resourceJourney);
  const listings = prepared(reads.listingJourney);
  const prompts = prepared(reads.promptJourney);
  const proposals = prepared(proposeJourney);
  const answer = async (journey: Journey, request: RoadRequest): Promise<RoadAnswer> => {
    const end = await travel(deps, journey, request);
    return end.kind === 'raw' ? unexpectedRaw() : end;
  };
  return {
    callTool: (tool: AnyTool, request) => answer(tools(tool), request),
    readResource: (resource: AnyResource, params, request) =>
      answer(resources(resource), { ...request, arguments: params }),
    listResources: (resource, request) => answer(listings(resource), { ...request, arguments: {} }),
    getPrompt: (prompt: AnyPrompt, request) => answer(prompts(prompt), request),
    complete: (definition, argument, request) =>
      answer(reads.completionJourney(definition, argument), { ...request, arguments: argument }),
    propose: (action: AnyAction, request) => answer(proposals(action), request),
    executeProposal: (request) => answer(executeJourney, request),
    getProposal: (request) => answer(getJourney, request),
    listProposals: (request) => answer(listJourney, request),
    cancelProposal: (request) => answer(cancelJourney, request),
    callRaw: async (raw, request): Promise<RawAnswer> => {
      const end = await travel(deps, reads.rawJourney(raw), request);
      return end.kind === 'raw' || end.kind === 'error' ? end : unexpectedRaw();
    },
  };
}

/** Read top to bottom. Every call of every kind passes here, and each step may only stop it. */
async function travel(
  deps: RoadDependencies,
  journey: Journey,
  request: RoadRequest,
): Promise<Produced | Extract<RoadAnswer, { kind: 'error' }>> {
  const trip = beginTrip(deps, journey, request);
  try {
    // Contract: nothing below sees an argument that the schema does not allow.
    trip.input = journey.input === null ? request.arguments : strictInput(journey.input, request.arguments);
    // Identity: who calls, and whether this process may serve them at this tier.
    identify(deps, journey.tier, request.caller);
    trip.target = await journey.locate(trip);
    trip.environment = knownEnvironment(deps, trip.target.environment);
    // Switches, then limits: the cheapest refusals come before anything is asked of a backend.
    const call = { tool: trip.name, environment: trip.environment.name, tier: trip.tier };
    await refuseWhenSwitchedOff(deps, call);
    await deps.rateLimiter.admit({
      caller: request.caller,
      tool: trip.name,
      tier: trip.tier,
      at: trip.startedAt,
    });
    // Policy: tier x environment x target.
    const { transport } = request.caller;
    trip.decision = decide(deps, { ...call, environment: trip.environment, target: trip.target, transport });
    refuseWhenDenied(trip.decision);
    if (trip.tier === 1) permitRead(trip, trip.decision);
    // A read asks its backend within a deadline and gives a checked, redacted output. An action
    // measures its blast radius and becomes a proposal, or asks for what confirmation is missing, or
    // has its plan applied after a durable intent record (`road/commit.ts`).
    const produced = await journey.run(trip);
    const answer = produced.kind === 'answer' ? bounded(produced, journey.limits.outputBytes) : produced;
    // The result record: without it there is no answer.
    await arrive(trip, answer);
    return answer;
  } catch (thrown) {
    return await turnBack(trip, thrown);
  }
}

/** What can be computed from a definition is computed once. */
function prepared<D extends object>(prepare: (definition: D) => Journey): (definition: D) => Journey {
  const journeys = new WeakMap<D, Journey>();
  return (definition) => {
    const known = journeys.get(definition);
    if (known !== undefined) return known;
    const journey = prepare(definition);
    journeys.set(definition, journey);
    return journey;
  };
}

function unexpectedRaw(): never {
  throw new TypeError(`a journey ended in a way its kind does not have`);
}
