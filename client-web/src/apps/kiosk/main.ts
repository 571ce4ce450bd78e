import { createApp } from 'vue'
import { catalogues } from '@/i18n/kiosk'
import { makeI18n } from '@/i18n/setup'
import '@/ui/big/big.css'
import App from './App.vue'
import { KIOSK, createKiosk } from './model/kiosk'

// Evens out what older Chrome does differently; nobody connects before it has come.
void import('webrtc-adapter')

const app = createApp(App)
app.use(makeI18n(catalogues))
app.provide(KIOSK, createKiosk())
app.mount('#app')
