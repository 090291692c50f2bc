/** Of a message of the scheduler or the kubelet: what it is about; the others tell what else was tried. */
export function firstSentence(message: string): string {
  return message.split(/\.(?: |$)/)[0] ?? message;
}
