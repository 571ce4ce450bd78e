import 'webrtc-adapter'
import '@/ui/base.css'
import '@/ui/desk/element.css'
import '@/ui/desk/kit.css'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { catalogues } from '@/i18n/desk'
import { LOCALES, makeI18n } from '@/i18n/setup'
import App from './App.vue'
import { router } from './router'
import { DESK, makeDesk } from './state/desk'
import { followNews, makeQueryClient } from './state/queries'
import { Station } from './station/station'

const kept = LOCALES.find((locale) => locale === localStorage.getItem('cloud-window-desk-locale'))
const station = new Station()
const queryClient = makeQueryClient()
const app = createApp(App)
  .use(createPinia())
  .use(VueQueryPlugin, { queryClient })
  .use(makeI18n(catalogues, kept))
  .use(router)
app.provide(DESK, makeDesk(station))
followNews(queryClient, station)
station.start()
app.mount('#app')
