import {
  PhBaby,
  PhBriefcase,
  PhCoins,
  PhCreditCard,
  PhDotsThreeCircle,
  PhFlowerLotus,
  PhHandCoins,
  PhHandHeart,
  PhHeartbeat,
  PhHouseLine,
  PhMapPin,
  PhStorefront,
  PhWheelchair,
} from '@phosphor-icons/vue'
import type { Component } from 'vue'
import type { TileCode } from '../model/tiles'

/** One meaning, one picture. */
export const TILE_ICONS: Record<TileCode, Component> = {
  birth: PhBaby,
  pension: PhCoins,
  medical: PhHeartbeat,
  card: PhCreditCard,
  senior: PhHandHeart,
  disabled: PhWheelchair,
  relief: PhHandCoins,
  work: PhBriefcase,
  residence: PhMapPin,
  shop: PhStorefront,
  housing: PhHouseLine,
  death: PhFlowerLotus,
  other: PhDotsThreeCircle,
}
