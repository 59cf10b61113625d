import { createContext } from 'svelte';
import type { Stores } from './surface';

const [use, provide] = createContext<Stores>();

/** The stores of the app around this component. */
export const useStores = use;

/** Hands the stores down to everything below; returns them. */
export const provideStores = provide;
