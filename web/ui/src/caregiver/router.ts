import { createRouter, createWebHashHistory } from 'vue-router'

import MeView from './views/MeView.vue'
import TodayView from './views/TodayView.vue'

/** Hash routes: one URL to keep offline; and nothing is loaded late, for there may be no signal. */
export const router = createRouter({
  history: createWebHashHistory('/caregiver'),
  routes: [
    { path: '/', name: 'today', component: TodayView },
    { path: '/me', name: 'me', component: MeView },
    { path: '/:rest(.*)', redirect: '/' },
  ],
})
