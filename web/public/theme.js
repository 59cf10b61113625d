/* Runs in head, before the first paint, so that nobody sees the wrong paint flash by.
   The keys and the values are those of src/stores/preferences.svelte.ts. */
(function () {
  'use strict';
  var allowed = {
    theme: ['auto', 'light', 'dark'],
    contrast: ['normal', 'more'],
    density: ['comfortable', 'compact', 'roomy'],
    language: ['en', 'es'],
  };
  var kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('tertulia.preferences') || '{}') || {};
  } catch {
    kept = {};
  }
  function choose(name, otherwise) {
    return allowed[name].indexOf(kept[name]) < 0 ? otherwise : kept[name];
  }
  var root = document.documentElement;
  var more = matchMedia('(prefers-contrast: more)').matches;
  root.dataset.theme = choose('theme', 'auto');
  root.dataset.contrast = choose('contrast', more ? 'more' : 'normal');
  root.dataset.density = choose('density', 'comfortable');
  root.lang = choose('language', /^es\b/i.test(navigator.language) ? 'es' : 'en');
})();
