import { absentAddress, startBytesPeer, type Conversation } from './bytes-peer.ts';
import { startHttpPeer } from './http-peer.ts';
import type { Peer } from './scenario.ts';
import type { Exchange } from './transcript.ts';

/** What a peer received. */
export type PeerRecord =
  | {
      readonly peer: string;
      readonly speaks: 'http';
      readonly anyOrder: boolean;
      readonly exchanges: readonly Exchange[];
    }
  | { readonly peer: string; readonly speaks: 'bytes'; readonly conversations: readonly Conversation[] };

export interface RunningPeers {
  /** `host:port` by the peer's name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Closes all, and returns what each that listened has received. */
  finish(): readonly PeerRecord[];
}

/** Starts the servers of a scenario. `places` are those named in their answers; the peers' addresses are put into it as `peers.NAME`. */
export async function startPeers(
  peers: Readonly<Record<string, Peer>>,
  places: Map<string, string>,
): Promise<RunningPeers> {
  const addresses = new Map<string, string>();
  const ends: (() => PeerRecord | null)[] = [];
  const finish = (): PeerRecord[] => ends.map((end) => end()).filter((record) => record !== null);
  try {
    for (const [name, peer] of Object.entries(peers)) {
      if (peer.speaks === 'http') {
        const running = await startHttpPeer(peer, places);
        addresses.set(name, running.address);
        const anyOrder = peer.order === 'any';
        ends.push(() => ({ peer: name, speaks: 'http', anyOrder, exchanges: running.finish() }));
      } else if (peer.speaks === 'bytes') {
        const running = await startBytesPeer(peer, places);
        addresses.set(name, running.address);
        ends.push(() => ({ peer: name, speaks: 'bytes', conversations: running.finish() }));
      } else {
        addresses.set(name, await absentAddress());
      }
    }
  } catch (error) {
    finish();
    throw error;
  }
  for (const [name, address] of addresses) places.set(`peers.${name}`, address);
  return { addresses, finish };
}
