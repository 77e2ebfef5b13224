import type { Claim, Refusal } from '../model/edit.ts';
import type { Facts, Site, Steering } from '../model/facts.ts';
import { within, type Span } from '../model/ids.ts';
import { nearestPolicy, policies } from '../model/policies.ts';
import type { Choices, Remark } from '../model/plan.ts';

/** Whether a site may turn blocking as far as the user's selection goes. */
export type Selects = (site: Site) => boolean;

/** Whether the user allows a policy at a site, for the whole project or by a comment. */
export type Allows = (policy: string, site: Pick<Site, 'place' | 'span'>) => boolean;

export interface Allowed {
  /** At most one for a site. */
  readonly claims: readonly Claim[];
  readonly refusals: readonly Refusal[];
}

type Wanted = Pick<Choices, 'onlySafe' | 'policies'>;

export function allowing(facts: Facts, choices: Wanted): Allows {
  const asked = new Set(choices.policies);
  const comments = facts.steering.filter((s) => s.word === 'policy');
  return (policy, site) =>
    asked.has(policy) || comments.some((c) => c.text === policy && covers(c, site.place.file, site.span));
}

function covers(comment: Steering, file: string, span: Span): boolean {
  return comment.place.file === file && within(span, comment.span);
}

/**
 * One claim for each site: what the user asked for by policy goes before what needs none. A site without one that is allowed is refused,
 * and so is what stands outside of the selection or under `unawait-keep`.
 */
export function allow(
  facts: Facts,
  proposed: { claims: readonly Claim[]; refusals: readonly Refusal[] },
  choices: Wanted,
  selects: Selects,
  allows: Allows,
): Allowed {
  const keeps = facts.steering.filter((s) => s.word === 'keep');
  const bySite = new Map<string, Claim[]>();
  for (const claim of proposed.claims) bySite.set(claim.site, [...(bySite.get(claim.site) ?? []), claim]);
  const refused = new Map<string, Refusal[]>();
  for (const refusal of proposed.refusals) refused.set(refusal.site, [...(refused.get(refusal.site) ?? []), refusal]);
  const claims: Claim[] = [];
  const refusals: Refusal[] = [];
  for (const site of facts.sites) {
    const known = refused.get(site.id) ?? [];
    const offered = (bySite.get(site.id) ?? []).sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
    const keep = keeps.find((k) => covers(k, site.place.file, site.span));
    const [first] = offered;
    if (keep) refusals.push(kept(site, keep));
    else if (!first) refusals.push(...known);
    else if (!selects(site))
      refusals.push({
        site: site.id,
        transform: first.transform,
        reason: 'selection/outside',
        detail: `\`${site.inside}\` is outside of the selection.`,
      });
    else {
      const claim = choose(site, offered, choices, allows);
      if ('template' in claim) claims.push(claim);
      else refusals.push(claim);
    }
  }
  return { claims, refusals };
}

function choose(site: Site, offered: readonly Claim[], choices: Wanted, allows: Allows): Claim | Refusal {
  const policies = offered.filter((c) => typeof c.applicability === 'object');
  const asked = policies.find((c) => allows((c.applicability as { policy: string }).policy, site));
  if (asked) return asked;
  const plain = offered.find((c) => typeof c.applicability !== 'object');
  if (plain && (plain.applicability !== 'noted' || !choices.onlySafe)) return plain;
  const { transform, note } = plain ?? offered[0]!;
  if (plain)
    return {
      site: site.id,
      transform,
      reason: `${transform}/not-safe`,
      detail: note ?? 'This change carries a note.',
      unlocks: 'run without --only-safe',
    };
  const otherwise = offered.find((c) => c.otherwise)?.otherwise;
  if (otherwise) return otherwise;
  const names = [...new Set(policies.map((c) => (c.applicability as { policy: string }).policy))];
  return {
    site: site.id,
    transform,
    reason: `${transform}/needs-policy`,
    detail: note ?? `This needs the policy \`${names[0]!}\`.`,
    unlocks: names.map((name) => `--policy ${name}`).join(' or '),
  };
}

function kept(site: Site, { text, place }: Steering): Refusal {
  return {
    site: site.id,
    transform: 'settle',
    reason: 'settle/kept',
    detail:
      text === ''
        ? `A comment at line ${place.line} keeps this async.`
        : `A comment at line ${place.line} keeps this async: ${text}`,
    unlocks: 'take `unawait-keep` away',
  };
}

function near(name: string): string {
  const nearest = nearestPolicy(name);
  return nearest === undefined ? '.' : `; did you mean \`${nearest}\`?`;
}

/** Comments that steer nothing. `policies` are the names of those that were needed at each site. */
export function staleComments(
  facts: Facts,
  needed: readonly { readonly policy: string; readonly site: string }[],
): Remark[] {
  if (facts.steering.length === 0) return [];
  const sites = new Map(facts.sites.map((s) => [s.id, s]));
  const at = needed.map(({ policy, site }) => ({ policy, site: sites.get(site)! }));
  return facts.steering.flatMap((comment): Remark[] => {
    const { word, text, place, unit } = comment;
    const say = (message: string): Remark[] => [{ place, unit, reason: 'steering/stale', message }];
    if (word === 'keep')
      return facts.sites.some((s) => covers(comment, s.place.file, s.span))
        ? []
        : say('`unawait-keep` keeps nothing here: nothing that it stands at is asynchronous.');
    if (word !== 'policy')
      return say(`\`unawait-${word}\` means nothing; there are \`unawait-keep\` and \`unawait-policy\`.`);
    if (!Object.hasOwn(policies, text)) return say(`There is no policy \`${text}\`${near(text)}`);
    return at.some((n) => n.policy === text && covers(comment, n.site.place.file, n.site.span))
      ? []
      : say(`\`unawait-policy ${text}\` allows nothing here: nothing that it stands at asks for this policy.`);
  });
}
