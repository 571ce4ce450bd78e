import { createRouter, createWebHashHistory } from 'vue-router'

/** Addresses stand behind the `#`: the server has one page for all of them. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'work', component: () => import('./home/WorkPage.vue') },
    { path: '/check', name: 'check', component: () => import('./check/CheckPage.vue') },
    { path: '/cases', name: 'cases', component: () => import('./cases/CasesPage.vue') },
    { path: '/cases/:id', name: 'case', component: () => import('./cases/CasePage.vue'), props: true },
    { path: '/inbox', name: 'inbox', component: () => import('./handoff/InboxPage.vue') },
    { path: '/:anything(.*)*', redirect: { name: 'work' } },
  ],
})
