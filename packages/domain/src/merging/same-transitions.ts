import type { AlertTransition } from '../alerts.js';
import { union } from './join-answers.js';

export interface TransitionsOf {
  readonly backend: string;
  readonly transitions: readonly AlertTransition[];
}

/** Systems that evaluate the same rule see it turn within a few evaluations of each other. */
const togetherMs = 5 * 60_000;

interface Stream {
  readonly fingerprint: string;
  transitions: readonly AlertTransition[];
}

/**
 * The transitions of several systems, oldest first. Those of an alert that two systems know, by its
 * fingerprint or by name and service with turns at about the same times, become one history under the
 * first system's fingerprint, in which a turn that both saw stands once, at the earlier time.
 */
export function joinTransitions(systems: readonly TransitionsOf[]): readonly AlertTransition[] {
  let joined: readonly Stream[] = [];
  for (const { transitions } of systems) joined = joinStreams(joined, streamsOf(transitions));
  return joined
    .flatMap(({ transitions }) => transitions)
    .toSorted((a, b) => a.time.getTime() - b.time.getTime());
}

function streamsOf(transitions: readonly AlertTransition[]): readonly Stream[] {
  const streams = new Map<string, AlertTransition[]>();
  for (const one of transitions) {
    const key = JSON.stringify([one.name, one.service, one.fingerprint]);
    streams.set(key, [...(streams.get(key) ?? []), one]);
  }
  return [...streams.values()].flatMap((all) =>
    all[0] ? [{ fingerprint: all[0].fingerprint, transitions: all }] : [],
  );
}

function joinStreams(known: readonly Stream[], more: readonly Stream[]): readonly Stream[] {
  const open = new Set(known);
  const added: Stream[] = [];
  for (const stream of more) {
    const same =
      [...open].find(({ fingerprint }) => fingerprint === stream.fingerprint) ?? bestMatch([...open], stream);
    if (!same) {
      added.push(stream);
      continue;
    }
    open.delete(same);
    same.transitions = withoutRepeats(same, stream);
  }
  return [...known, ...added];
}

/** The stream of the same name and service that turns most often when this one does. */
function bestMatch(open: readonly Stream[], stream: Stream): Stream | undefined {
  const [first] = stream.transitions;
  const ranked = open
    .filter(({ transitions: [other] }) => other?.name === first?.name && other?.service === first?.service)
    .map((candidate) => ({
      candidate,
      shared: stream.transitions.filter((one) => repeatOf(one, candidate.transitions)).length,
    }))
    .filter(({ shared }) => shared * 2 >= stream.transitions.length)
    .toSorted((a, b) => b.shared - a.shared);
  return ranked[0]?.candidate;
}

function withoutRepeats({ fingerprint, transitions }: Stream, more: Stream): readonly AlertTransition[] {
  const merged = [...transitions];
  const taken = new Set<AlertTransition>();
  for (const one of more.transitions) {
    const same = repeatOf(
      one,
      transitions.filter((other) => !taken.has(other)),
    );
    if (!same) {
      merged.push({ ...one, fingerprint });
      continue;
    }
    taken.add(same);
    const at = merged.indexOf(same);
    merged[at] = joinOne(same, one);
  }
  return merged;
}

function repeatOf(one: AlertTransition, others: readonly AlertTransition[]): AlertTransition | undefined {
  const distance = (other: AlertTransition) => Math.abs(other.time.getTime() - one.time.getTime());
  return others
    .filter((other) => other.state === one.state && distance(other) <= togetherMs)
    .toSorted((a, b) => distance(a) - distance(b))[0];
}

function joinOne(a: AlertTransition, b: AlertTransition): AlertTransition {
  const receivers = union([a.receivers ?? [], b.receivers ?? []]);
  return {
    ...a,
    time: a.time < b.time ? a.time : b.time,
    value: a.value ?? b.value,
    ...(receivers.length > 0 ? { receivers } : {}),
  };
}
