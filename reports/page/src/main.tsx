import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/views.css';
import './styles/print.css';
import type { PageData, PageValues } from '../../../src/reports/page-data.ts';
import { App } from './app.tsx';
import { createModel } from './data/model.ts';

function read(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? '');
}

const place = document.getElementById('page');
if (place !== null) render(<App model={createModel(read('data') as PageData, () => read('values') as PageValues)} />, place);
