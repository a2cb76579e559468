import { createRouter, createWebHashHistory } from 'vue-router'

import TodayView from './views/TodayView.vue'

/** Hash routes: one page, one URL for the service worker to keep. */
export const router = createRouter({
  history: createWebHashHistory('/caregiver'),
  routes: [
    { path: '/', name: 'today', component: TodayView },
    { path: '/me', name: 'me', component: () => import('./views/MeView.vue') },
    { path: '/:rest(.*)', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
