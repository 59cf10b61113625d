/* Every test may speak every language at once. */
import { loadWords } from '$i18n/catalogue';
import { LANGUAGES } from '$i18n/language.svelte';

await Promise.all(LANGUAGES.map(loadWords));
