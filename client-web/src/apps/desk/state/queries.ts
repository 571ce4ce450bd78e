import { QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue } from 'vue'
import type { MaybeRefOrGetter } from 'vue'
import { Problem } from '@/core/api'
import type { Case, Catalogue } from '@/core/api'
import type { CaseBrief, CaseId, HandoffBrief } from '@/core/protocol'
import type { Station } from '../station/station'
import { useDesk } from './desk'

export const KEYS = {
  config: ['config'] as const,
  catalogue: ['catalogue'] as const,
  case: (id: CaseId) => ['case', id] as const,
  cases: ['cases'] as const,
  handoffs: ['handoffs'] as const,
  colleagues: (id: CaseId) => ['colleagues', id] as const,
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // What the server refuses, it refuses again; only silence is worth another try.
        retry: (count, error) => !(error instanceof Problem && error.status < 500) && count < 2,
        refetchOnWindowFocus: false,
      },
    },
  })
}

/** What must be read again after news. */
export function touchedBy(
  news: { case: CaseBrief } | { handoff: HandoffBrief },
): readonly (readonly string[])[] {
  if ('case' in news) return [KEYS.case(news.case.id), KEYS.cases]
  const { handoff } = news
  return [KEYS.handoffs, KEYS.case(handoff.case), KEYS.cases, KEYS.colleagues(handoff.case)]
}

/** News makes what was read old; a new link makes everything old. */
export function followNews(client: QueryClient, station: Station): void {
  const touch = (news: Parameters<typeof touchedBy>[0]) => {
    for (const queryKey of touchedBy(news)) void client.invalidateQueries({ queryKey })
  }
  station.on('caseChanged', (brief) => touch({ case: brief }))
  station.on('handoffChanged', (handoff) => touch({ handoff }))
  station.on('caughtUp', () => void client.invalidateQueries())
  station.session.subscribe((snapshot) => {
    // The next person at this machine must not find the last one's cases.
    if (snapshot.value === 'signedOut') {
      for (const key of ['case', 'cases', 'handoffs', 'colleagues']) client.removeQueries({ queryKey: [key] })
    }
  })
}

export function useConfig() {
  const { station } = useDesk()
  return useQuery({ queryKey: KEYS.config, queryFn: () => station.api.pageConfig(), staleTime: Infinity })
}

export function useCatalogue() {
  const { station } = useDesk()
  return useQuery<Catalogue>({
    queryKey: KEYS.catalogue,
    queryFn: () => station.api.catalogue(),
    staleTime: 5 * 60_000,
  })
}

export function useCase(id: MaybeRefOrGetter<CaseId | undefined>) {
  const { station } = useDesk()
  return useQuery({
    queryKey: computed(() => KEYS.case(toValue(id) ?? '')),
    queryFn: () => station.api.case(toValue(id) ?? ''),
    enabled: computed(() => toValue(id) !== undefined),
  })
}

export function useCaseList(wanted: MaybeRefOrGetter<{ mine: boolean; query: string }>) {
  const { station } = useDesk()
  return useInfiniteQuery({
    queryKey: computed(() => [...KEYS.cases, toValue(wanted)]),
    queryFn: ({ pageParam }) => {
      const { mine, query } = toValue(wanted)
      return station.api.cases({
        mine,
        ...(query === '' ? {} : { query }),
        ...(pageParam === undefined ? {} : { before: pageParam }),
      })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
}

export function useHandoffs(forMe: boolean) {
  const { station } = useDesk()
  return useQuery({
    queryKey: [...KEYS.handoffs, forMe],
    queryFn: () => station.api.handoffs(forMe),
  })
}

export function useColleagues(id: MaybeRefOrGetter<CaseId>) {
  const { station } = useDesk()
  return useQuery({
    queryKey: computed(() => KEYS.colleagues(toValue(id))),
    queryFn: () => station.api.colleagues(toValue(id)),
    // Who is present changes without news.
    refetchInterval: 5000,
  })
}

/** An act on a case: its answer is the case as it is now; a refusal as stale reads the case again. */
export function useCaseAct<Wanted>(act: (station: Station, wanted: Wanted) => Promise<Case>) {
  const { station } = useDesk()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Wanted) => act(station, wanted),
    onSuccess: (one) => {
      client.setQueryData(KEYS.case(one.id), one)
      void client.invalidateQueries({ queryKey: KEYS.cases })
    },
    onError: (error) => {
      if (error instanceof Problem && error.status === 409)
        void client.invalidateQueries({ queryKey: ['case'] })
    },
  })
}

/** An act on a handoff. */
export function useHandoffAct<Wanted, Answer>(act: (station: Station, wanted: Wanted) => Promise<Answer>) {
  const { station } = useDesk()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Wanted) => act(station, wanted),
    onSettled: () => {
      for (const key of ['handoffs', 'cases', 'case', 'colleagues'])
        void client.invalidateQueries({ queryKey: [key] })
    },
  })
}
