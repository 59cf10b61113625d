import '@fontsource-variable/atkinson-hyperlegible-next/wght.css';
import '@fontsource-variable/atkinson-hyperlegible-next/wght-italic.css';
import '@fontsource-variable/atkinson-hyperlegible-mono/wght.css';
import '@fontsource-variable/bricolage-grotesque/wght.css';
import './tokens.css';
import './fonts.css';
import { mount } from 'svelte';
import { loadWords } from '$i18n/catalogue';
import { isLanguage } from '$i18n/language.svelte';
import App from './app/App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
const { lang } = document.documentElement;
void loadWords(isLanguage(lang) ? lang : 'en').then(() => mount(App, { target }));
