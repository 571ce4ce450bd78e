export default { app: { name: '云窗口' } }
