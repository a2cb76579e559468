import { createRouter, createWebHashHistory } from 'vue-router'

import EnrolView from './views/EnrolView.vue'
import ListView from './views/ListView.vue'
import TerminalView from './views/TerminalView.vue'

/** Hash routes, so that the phone's own back button does what it promises. */
export const router = createRouter({
  history: createWebHashHistory('/installer'),
  routes: [
    { path: '/', name: 'list', component: ListView },
    { path: '/new', name: 'new', component: EnrolView },
    { path: '/t/:id', name: 'terminal', component: TerminalView, props: true },
    { path: '/:rest(.*)', redirect: '/' },
  ],
})
