import { describe, expect, it } from 'vitest';
import { html, idHtml } from './html.ts';

describe('page markup', () => {
  it('what is not markup is escaped, in content and attributes', () => {
    const evil = `"><script>alert('1')</script>&`;
    expect(html`<p title="${evil}">${evil}</p>`.markup).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    );
  });

  it('markup goes in as it is, lists one after the other', () => {
    expect(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}</ul>`.markup).toBe('<ul><li>1</li><li>2</li></ul>');
  });

  it('an id may break after its slashes and is still escaped', () => {
    expect(idHtml('a/<b>').markup).toBe('<span class="id">a/<wbr>&lt;b&gt;</span>');
  });
});
