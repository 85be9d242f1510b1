// Smart Forms (CSIRO) on a page: show(questionnaire, response) and saved(), for tests/fhir_elsewhere.py.
import { BaseRenderer, RendererThemeProvider, buildForm, getResponse } from '@aehrc/smart-forms-renderer';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';

const root = createRoot(document.getElementById('form'));
const client = new QueryClient();
let shown = 0;

window.show = async (questionnaire, questionnaireResponse) => {
  await buildForm({ questionnaire, questionnaireResponse });
  root.render(
    <RendererThemeProvider>
      <QueryClientProvider client={client}><BaseRenderer key={++shown} /></QueryClientProvider>
    </RendererThemeProvider>,
  );
};
window.saved = () => getResponse();
