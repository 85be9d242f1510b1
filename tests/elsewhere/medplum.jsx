// Medplum's form on a page: show(questionnaire, response) and saved(), for tests/fhir_elsewhere.py.
import { MantineProvider } from '@mantine/core';
import { MedplumClient } from '@medplum/core';
import { MedplumProvider, QuestionnaireForm } from '@medplum/react';
import { createRoot } from 'react-dom/client';

const root = createRoot(document.getElementById('form'));
const medplum = new MedplumClient({ baseUrl: location.origin + '/', fetch: () => new Promise(() => {}) });
let shown = 0;
let response;

window.show = (questionnaire, questionnaireResponse) => {
  response = undefined;
  root.render(
    <MantineProvider>
      <MedplumProvider medplum={medplum} navigate={() => {}}>
        <QuestionnaireForm key={++shown} questionnaire={questionnaire} questionnaireResponse={questionnaireResponse}
          onChange={changed => { response = changed; }} />
      </MedplumProvider>
    </MantineProvider>,
  );
};
window.saved = () => response;
