import { computed, inject } from 'vue'
import type { ComputedRef, InjectionKey } from 'vue'

/** Two-tone pictures on tiles and rows; one bold tone on black. */
export type TileWeight = 'duotone' | 'bold'

export const TILE_WEIGHT: InjectionKey<ComputedRef<TileWeight>> = Symbol('weight of icons on tiles')

export function useTileWeight(): ComputedRef<TileWeight> {
  return inject(
    TILE_WEIGHT,
    computed(() => 'duotone' as const),
  )
}
