// The entry of pages with a form: what the page gave becomes the form (app/web/tasks.py, app/web/preview.py).
import { createRoot } from 'react-dom/client';
import { TaskForm } from './task_form.jsx';

const place = document.getElementById('task-form');
const given = JSON.parse(document.getElementById('task-form-data').textContent);
createRoot(place).render(<TaskForm {...given} />);
